"""The repository: people, rules, storage and pages. Importing this package loads no Flask."""
