"""A user's gold questions to settings of their own, where these are better."""

from search_api.tuning.fit import fit, threshold_for
from search_api.tuning.tune import Tuning, tune

__all__ = ["Tuning", "fit", "threshold_for", "tune"]
