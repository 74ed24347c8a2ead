"""The fictitious country: deliveries of partners that do not exist, with a planted truth beside them. See
docs/fictitious-country.md."""

from pipelines.synthesis.deliveries import SynthesisError, synthesize, truth_path
from pipelines.synthesis.truth import Truth

__all__ = ["SynthesisError", "Truth", "synthesize", "truth_path"]
