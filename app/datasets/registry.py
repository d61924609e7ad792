"""The one table of datasets. Adding a record to one of the three families adds it everywhere."""

from app.datasets.data import Dataset
from app.datasets.points import POINTS
from app.datasets.sequences import SEQUENCES
from app.datasets.tables import TABLES

DATASETS: dict[str, Dataset] = {dataset.name: dataset for dataset in (*POINTS, *SEQUENCES, *TABLES)}
