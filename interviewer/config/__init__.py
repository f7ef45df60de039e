"""Settings: what there is to set, and where each value came from."""

from interviewer.config.options import (
    BatchConfig,
    Config,
    EmbeddingConfig,
    GradingConfig,
    JudgeConfig,
    PanelConfig,
    PathsConfig,
    PracticeConfig,
    Setting,
    Settings,
    is_loopback,
    is_plain_address,
    judge_named,
)
from interviewer.config.sources import environment_name, known_settings, load_config

__all__ = [
    "BatchConfig",
    "Config",
    "EmbeddingConfig",
    "GradingConfig",
    "JudgeConfig",
    "PanelConfig",
    "PathsConfig",
    "PracticeConfig",
    "Setting",
    "Settings",
    "environment_name",
    "is_loopback",
    "is_plain_address",
    "judge_named",
    "known_settings",
    "load_config",
]
