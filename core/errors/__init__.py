"""Every failure that a user can act on, and the exit code of its class.

FinopsError                     1
├── ConfigError                 2  a setting, an option or config.toml is wrong
│   ├── ConfigNotFound, ConfigExists, BadConfigFile, UnknownSetting, BadSetting, MissingSetting
│   └── NothingConfigured, PortInUse, BadBackupName
├── SourceError                 3  the export is not where, or what, the settings say
│   ├── ManifestNotFound, NoFiles, BadManifest, TwoManifests, FileMissing, OutsideFolder
│   ├── WrongExportVersion, ExportCollision, RepeatedDelivery
│   └── NothingInRange, TooMuchToRead
├── DataError                   4  a file of the export cannot be read as a bill
│   ├── CorruptFile, AlienFile, BadValue, MissingCost, WrongMonth, SchemaMismatch, MissingRate
├── AccessError                 5  the provider did not let us in
│   ├── CredentialsMissing, AccessDenied, BucketNotFound, WrongRegion, Unreachable
├── BusyError                   6  another process is writing the database
│   └── StackBusy, MetabaseBusy
├── DiskError                   7  no room, or no right to write
├── ConservationError           8  the sums differ; nothing was published
├── QueryError                  9  the database or the SQL cannot answer
│   └── NoDatabase
├── TransformError             10  dbt could not build or a check failed
├── MetabaseError              11  Metabase, or its content, is not as it should be
│   ├── MetabaseAway, MetabaseLate, LoginRefused, NoDuckDbDriver, CallRefused
│   └── NotSynced, BadContent, ContentDiffers, CardsFailed
└── DeployError                12  the stack in containers, or a backup, is not as it should be
    ├── NoCompose, OldCompose, NoProgram, ComposeFailed, BySystemd, NotHealthy, NotRunning
    ├── NoPostgres, NotPinned, NotPulled, NotBuilt, DigestPinned, UpgradeFailed, NotGoneBack
    ├── DataOfRoot, UnreadableForContainers, OddPath, BadLine, BadEnvValue, WouldOverwrite
    ├── WouldReplace, UnreadableSettings, UnreadableBackup, BadBackup, AlteredBackup, AlienBackup
    ├── OtherFormat, BrokenPart, BadConfigInBackup, OtherKey, HalfRestored, AnotherFolder
    └── OthersVolume, NotCopied, NotPrepared, BadNote, PortTaken

`docs/troubleshooting.md` lists each with its cause; a test compares the two.
"""

from core.errors.access import (
    AccessDenied,
    AccessError,
    BucketNotFound,
    CredentialsMissing,
    Unreachable,
    WrongRegion,
)
from core.errors.backup import (
    AlienBackup,
    AlteredBackup,
    BadBackup,
    BadBackupName,
    BadConfigInBackup,
    BrokenPart,
    HalfRestored,
    NotCopied,
    OtherFormat,
    OtherKey,
    UnreadableBackup,
    WouldOverwrite,
    WouldReplace,
)
from core.errors.base import FinopsError
from core.errors.config import (
    BadConfigFile,
    BadSetting,
    ConfigError,
    ConfigExists,
    ConfigNotFound,
    MissingSetting,
    NothingConfigured,
    PortInUse,
    UnknownSetting,
)
from core.errors.data import (
    AlienFile,
    BadValue,
    CorruptFile,
    DataError,
    MissingCost,
    MissingRate,
    SchemaMismatch,
    WrongMonth,
)
from core.errors.deploy import (
    AnotherFolder,
    BadEnvValue,
    BadLine,
    BadNote,
    BySystemd,
    ComposeFailed,
    DataOfRoot,
    DeployError,
    NoCompose,
    NoPostgres,
    NoProgram,
    NotHealthy,
    NotPinned,
    NotPrepared,
    NotPulled,
    NotRunning,
    OddPath,
    OldCompose,
    OthersVolume,
    PortTaken,
    UnreadableForContainers,
    UnreadableSettings,
)
from core.errors.metabase import (
    BadContent,
    CallRefused,
    CardsFailed,
    ContentDiffers,
    LoginRefused,
    MetabaseAway,
    MetabaseError,
    MetabaseLate,
    NoDuckDbDriver,
    NotSynced,
)
from core.errors.run import (
    BusyError,
    ConservationError,
    DiskError,
    MetabaseBusy,
    NoDatabase,
    QueryError,
    StackBusy,
    TransformError,
    disk_errors,
)
from core.errors.source import (
    BadManifest,
    ExportCollision,
    FileMissing,
    ManifestNotFound,
    NoFiles,
    NothingInRange,
    OutsideFolder,
    RepeatedDelivery,
    SourceError,
    TooMuchToRead,
    TwoManifests,
    WrongExportVersion,
)
from core.errors.upgrade import (
    DigestPinned,
    NotBuilt,
    NotGoneBack,
    UpgradeFailed,
)

__all__ = [
    "AccessDenied",
    "AccessError",
    "AlienBackup",
    "AlienFile",
    "AlteredBackup",
    "AnotherFolder",
    "BadBackup",
    "BadBackupName",
    "BadConfigFile",
    "BadConfigInBackup",
    "BadContent",
    "BadEnvValue",
    "BadLine",
    "BadManifest",
    "BadNote",
    "BadSetting",
    "BadValue",
    "BrokenPart",
    "BucketNotFound",
    "BusyError",
    "BySystemd",
    "CallRefused",
    "CardsFailed",
    "ComposeFailed",
    "ConfigError",
    "ConfigExists",
    "ConfigNotFound",
    "ConservationError",
    "ContentDiffers",
    "CorruptFile",
    "CredentialsMissing",
    "DataError",
    "DataOfRoot",
    "DeployError",
    "DigestPinned",
    "DiskError",
    "ExportCollision",
    "FileMissing",
    "FinopsError",
    "LoginRefused",
    "ManifestNotFound",
    "MetabaseAway",
    "MetabaseBusy",
    "MetabaseError",
    "MetabaseLate",
    "MissingCost",
    "MissingRate",
    "MissingSetting",
    "NoCompose",
    "NoDatabase",
    "NoDuckDbDriver",
    "NoFiles",
    "NoPostgres",
    "NoProgram",
    "NotBuilt",
    "NotCopied",
    "HalfRestored",
    "OthersVolume",
    "NotGoneBack",
    "NotHealthy",
    "NotPinned",
    "NotPrepared",
    "NotPulled",
    "NotRunning",
    "NotSynced",
    "NothingConfigured",
    "NothingInRange",
    "OddPath",
    "OldCompose",
    "OtherFormat",
    "OtherKey",
    "OutsideFolder",
    "PortInUse",
    "PortTaken",
    "QueryError",
    "RepeatedDelivery",
    "SchemaMismatch",
    "SourceError",
    "StackBusy",
    "TooMuchToRead",
    "TransformError",
    "TwoManifests",
    "UnknownSetting",
    "Unreachable",
    "UnreadableBackup",
    "UnreadableForContainers",
    "UnreadableSettings",
    "UpgradeFailed",
    "WouldOverwrite",
    "WouldReplace",
    "WrongExportVersion",
    "WrongMonth",
    "WrongRegion",
    "disk_errors",
]
