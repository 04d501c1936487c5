"""The audit as one HTML file that can be attached to a contract."""

from nashbox.experiments.report.main import Origin, audit_page, write_audit_report

__all__ = ["Origin", "audit_page", "write_audit_report"]
