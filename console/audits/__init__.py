"""Audits of a checkout of the pipeline's repository: the causes of incidents that are visible in its source.

`audit.run` walks the tree (`sources`), asks ruff (`linting`) and ast-grep (`matching`, rules as data in `rules/`), lets each
check judge what they found, and answers with the same findings as the checks of the warehouse.
"""
