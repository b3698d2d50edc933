"""Name a reference, and build it: `timm:NAME`, `torchvision:NAME`, `transformers:CLASS`, ...

Reading a spec imports nothing but the standard library; `build` needs torch, and the package that
the spec names.
"""

from scaffold.reference.spec.parse import FORMS, parse
from scaffold.reference.spec.spec import Plain, Spec, SpecSource

__all__ = ["FORMS", "Plain", "Spec", "SpecSource", "parse"]
