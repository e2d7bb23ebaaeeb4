"""Where settings are written down: in the environment (LOCKBAY_BOT_TOKEN) and in lockbay.toml (bot_token = "…").

The environment wins. Nested settings have flat names: blockbee.api_key is LOCKBAY_BLOCKBEE_API_KEY, in the file
blockbee_api_key.
The terms of the business have no prefix of their own: LOCKBAY_FEE_PERCENT, fee_percent.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

import typed_settings
from typed_settings.converters import get_default_cattrs_converter
from typed_settings.dict_utils import set_path
from typed_settings.exceptions import ConfigFileLoadError, InvalidSettingsError, TsError
from typed_settings.loaders import Loader
from typed_settings.types import OptionInfo, OptionList, SettingsClass, SettingsDict

from lockbay.errors import SettingsError
from lockbay.settings import PREFIX, Settings

FILE: Final = Path("lockbay.toml")


def load(file: Path = FILE) -> Settings:
    """Raises SettingsError with a sentence that names the setting."""
    loaders: list[Loader] = [
        typed_settings.FileLoader({"*.toml": _FlatToml()}, [file]),
        _Environment(PREFIX),
    ]
    converter = get_default_cattrs_converter(resolve_paths=False)
    converter.register_structure_hook(Decimal, lambda value, _: _decimal(value))
    try:
        loaded = typed_settings.load_settings(Settings, loaders, converter=converter)
    except InvalidSettingsError as error:
        raise SettingsError(
            f"these settings cannot be used: {', '.join(_names(error))}"
        ) from None  # values stay unsaid
    except TsError as error:
        raise SettingsError(str(error)) from None
    _ = loaded.tried, loaded.paying, loaded.proxies, loaded.admins, loaded.audit_period  # said before anything starts
    return loaded


class _Environment(typed_settings.EnvLoader):
    """LOCKBAY_ and the flat name."""

    def get_envvar(self, option: OptionInfo) -> str:
        return PREFIX + _flat(option).upper()


class _FlatToml:
    """A TOML file of flat names."""

    def __call__(self, path: Path, settings_cls: SettingsClass, options: OptionList) -> SettingsDict:
        known = {_flat(option): option.path for option in options}
        settings: SettingsDict = {}
        for name, value in _toml(path).items():
            if name not in known:
                raise ConfigFileLoadError(f"{path}: there is no setting {name}")
            set_path(settings, known[name], value)
        return settings


def _decimal(value: Decimal | str | int) -> Decimal:
    """Exact, so no float: write 4.5 as "4.5" in lockbay.toml."""
    if isinstance(value, float):
        raise TypeError("a float is not exact")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite():
        raise ValueError("not a number")
    return number


def _names(error: InvalidSettingsError) -> list[str]:
    """The settings that could not be converted, out of "… for option 'terms.fee_percent' from …"."""
    found = (re.search(r"for option '([\w.]+)'", str(problem)) for problem in error.exceptions)
    return [PREFIX + _flat_name(match[1]).upper() for match in found if match]


def _flat(option: OptionInfo) -> str:
    return _flat_name(option.path)


def _flat_name(path: str) -> str:
    return path.removeprefix("terms.").replace(".", "_")


def _toml(path: Path) -> SettingsDict:
    try:
        return tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:  # no TOML, or no UTF-8
        raise ConfigFileLoadError(f"{path}: {error}") from error
