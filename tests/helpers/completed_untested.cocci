// A function that calls handle_mm_fault with answers of its own and never looks at VM_FAULT_COMPLETED.
virtual report

@tested@
identifier f;
@@
f(...) { <+... VM_FAULT_COMPLETED ...+> }

@untested exists@
identifier f != tested.f;
expression answer;
position p;
@@
f(...) { ... answer = handle_mm_fault@p(...) ... }

@script:python depends on report@
p << untested.p;
@@
coccilib.report.print_report(p[0], "VM_FAULT_COMPLETED is never looked at")
