"""Gold questions to measures: search, quotes and abstention."""

from search_api.evaluation.gold import GoldQuestion, find_folded, load_gold
from search_api.evaluation.measures import (
    aurc,
    auroc,
    calibration_error,
    intervals,
    judge,
    measure,
    ndcg,
    recall,
    reciprocal_rank,
)
from search_api.evaluation.outcome_files import write_files
from search_api.evaluation.printed_tables import (
    ablation_figures,
    ablation_table,
    before_after_table,
    measures_table,
)
from search_api.evaluation.run import Outcome, ablate, run

__all__ = [
    "GoldQuestion",
    "Outcome",
    "ablate",
    "ablation_figures",
    "ablation_table",
    "aurc",
    "auroc",
    "before_after_table",
    "calibration_error",
    "find_folded",
    "intervals",
    "judge",
    "load_gold",
    "measure",
    "measures_table",
    "ndcg",
    "recall",
    "reciprocal_rank",
    "run",
    "write_files",
]
