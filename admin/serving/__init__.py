"""A model of the company's own, served by vLLM behind a front that lets through what Naru asks and nothing else."""
