"""Make breast_cancer.csv: two features of the Wisconsin diagnostic data, each cut at its quartiles.

    pip install scikit-learn
    python make_breast_cancer.py

Data: W. Wolberg, O. Mangasarian, N. Street, W. Street (1993), Breast Cancer Wisconsin (Diagnostic),
UCI Machine Learning Repository, https://doi.org/10.24432/C5DW2B, licensed CC BY 4.0, taken from the
copy in scikit-learn. label is 1 for malignant; texture and smoothness are the means over a cell
image, replaced by the quarter of all 569 images they fall into.
"""

import csv
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer

data = load_breast_cancer()
label = (data.target == 0).astype(int)  # scikit-learn codes malignant as 0
quarters = ["q1", "q2", "q3", "q4"]
columns = []
for feature in ("mean texture", "mean smoothness"):
    values = data.data[:, list(data.feature_names).index(feature)]
    cuts = np.quantile(values, [0.25, 0.5, 0.75])
    columns.append([quarters[k] for k in np.searchsorted(cuts, values)])
with Path(__file__).with_name("breast_cancer.csv").open("w", newline="") as stream:
    out = csv.writer(stream, lineterminator="\n")
    out.writerow(["label", "texture", "smoothness"])
    out.writerows(zip(label, *columns, strict=True))
