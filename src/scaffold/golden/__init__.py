"""The bundle on disk: a manifest and safetensors shards, written and read with numpy only."""
