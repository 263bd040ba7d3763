"""`courtside serve`: the same answers over HTTP. The status says whether a question was answered, the body how things are."""
