"""What a public body has to keep, as a bag (RFC 8493) that an archive can take in: posts, questions, answers, verdicts and walls."""
