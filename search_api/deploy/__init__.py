"""What runs the server on a machine: a systemd unit, a container file, their health check."""
