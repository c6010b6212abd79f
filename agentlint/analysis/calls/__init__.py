"""The call graph: which functions every call may run, directly and through events."""
