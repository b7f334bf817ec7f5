"""The guard between the network and the application: keys, limits, logs."""
