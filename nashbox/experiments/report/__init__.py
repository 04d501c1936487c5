"""An audit or a comparison as one HTML file that can be attached to a contract."""

from nashbox.experiments.report.audit import write_audit_report
from nashbox.experiments.report.comparison import write_comparison_report
from nashbox.experiments.report.contract import Contract
from nashbox.experiments.report.origin import Origin

__all__ = ["Contract", "Origin", "write_audit_report", "write_comparison_report"]
