"""The stages of an audit carried out: settings, lock, outcome, and what each stage reads and stores."""
