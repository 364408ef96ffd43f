"""What import contracts cannot see: foreign keys by name, and the tenant in every table."""

import pytest
from django.apps import apps
from django.db import models

LAYERS = (
    "kernel",
    "ui",
    "platform",
    "foundation",
    "ledger",
    "contexts",
    "reporting",
    "workbench",
    "portal",
    "api",
    "config",
)
OURS = [config for config in apps.get_app_configs() if config.name.startswith("kexie.")]
MODELS = [model for config in OURS for model in config.get_models()]


def layer(model: type[models.Model]) -> int:
    return LAYERS.index(model.__module__.split(".")[1])


def foreign_keys(model: type[models.Model]) -> list[models.ForeignKey]:
    return [field for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)]


def test_there_are_models_to_look_at() -> None:
    assert len(MODELS) > 30


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_downward_or_stay_inside(model: type[models.Model]) -> None:
    for field in foreign_keys(model):
        target = field.related_model
        if target._meta.app_label == model._meta.app_label or not target.__module__.startswith("kexie."):
            continue
        assert layer(target) <= layer(model), f"{field} points upward to {target._meta.label}"
        if layer(target) == layer(model):
            assert LAYERS[layer(model)] != "contexts", f"{field} points from one context into another"


@pytest.mark.parametrize(
    "model",
    [model for model in MODELS if layer(model) in {LAYERS.index("contexts"), LAYERS.index("foundation")}],
    ids=lambda model: model._meta.label,
)
def test_labels_are_english_and_names_chinese(model: type[models.Model]) -> None:
    name = str(model._meta.verbose_name)
    assert any("\u4e00" <= character <= "\u9fff" for character in name), (
        f"{model._meta.label} has no Chinese name"
    )
