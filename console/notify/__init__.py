"""Who is told what, when, and by which way: the decisions (pure), the outbox, and the sinks."""
