"""ResNet (resnet18), reengineered part by part from its reference."""
