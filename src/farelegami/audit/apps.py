from django.apps import AppConfig

from farelegami.storage.guards import append_only


class AuditConfig(AppConfig):
    name = "farelegami.audit"
    label = "audit"
    keeping = "farelegami.audit.keeping.KEEPING"
    guards = (
        *append_only("audit_entry", "audit"),
        *append_only("audit_link", "audit chain", key="number"),
        *append_only("audit_emptied", "audit emptied", key="entry_id"),
    )
