// swift-tools-version: 6.2
import PackageDescription

// Targets stand in the order of the rooms in docs/architecture.md: a target imports only what
// stands above it in this list.

func systemLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(name)", resources: resources)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "TestSupport"] + dependencies,
        path: "Tests/\(name)Tests",
        exclude: exclude)
}

let systemLibraries: [Target] = [
    systemLibrary("CLibgit2", pkgConfig: "libgit2", apt: "libgit2-dev"),
    systemLibrary("CLibyaml", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
    systemLibrary("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
    systemLibrary("CMicrohttpd", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
    systemLibrary("CLibcrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
    .systemLibrary(name: "CLinux", path: "Sources/CLinux"),
]

let wrappers: [Target] = [
    room("Digest", ["CLibcrypto"]),
    room("TimeKeeping"),
    room("Git", ["CLibgit2", "Subprocess"]),
    room("YAML", ["CLibyaml"]),
    room("SQLite", ["CSQLite"]),
    room("HTTPServer", ["CMicrohttpd"]),
    room("Subprocess", ["CLinux"]),
    room("Diagnostics"),
    room("Telemetry", ["TimeKeeping"]),
    room("CommandLine"),
]

let domain: [Target] = [
    room("AssetSchema", ["Digest", "YAML", "Diagnostics", "TimeKeeping"]),
    room("DesiredState", ["AssetSchema", "Digest", "YAML", "Git", "Diagnostics", "TimeKeeping"]),
    room("Approvals", ["Digest", "YAML", "Git", "Subprocess", "Diagnostics", "TimeKeeping"]),
    room("Workspace", ["AssetSchema", "Digest", "TimeKeeping"]),
    room(
        "Planning", ["AssetSchema", "DesiredState", "Approvals", "Workspace", "Digest", "Diagnostics", "TimeKeeping"]),
]

let effects: [Target] = [
    room("AzureMLWire", ["Workspace", "AssetSchema", "Digest", "TimeKeeping"]),
    room(
        "AzureMLAPI",
        ["AzureMLWire", "Workspace", "AssetSchema", "Digest", "SQLite", "HTTPServer", "Subprocess", "TimeKeeping"]),
    room(
        "LocalWorkspace",
        [
            "Workspace", "AssetSchema", "Digest", "YAML", "SQLite", "HTTPServer", "Subprocess", "Telemetry",
            "TimeKeeping",
        ],
        resources: [.embedInCode("Resources")]),
    room(
        "Controller",
        [
            "Planning", "DesiredState", "Approvals", "Workspace", "Git", "SQLite", "Subprocess", "Digest",
            "Diagnostics",
            "Telemetry", "TimeKeeping", "AssetSchema", "YAML",
        ]),
    room("Server", ["HTTPServer", "Controller", "Planning", "Workspace", "Telemetry", "Digest", "TimeKeeping"]),
    room(
        "ReconcileCommands",
        [
            "Controller", "Server", "LocalWorkspace", "AzureMLAPI",
            "Planning", "DesiredState", "Approvals", "Workspace",
            "AssetSchema",
            "CommandLine", "Diagnostics", "HTTPServer", "Telemetry", "Git", "YAML", "Digest", "Subprocess",
            "TimeKeeping",
        ]),
    .executableTarget(name: "reconcile", dependencies: ["ReconcileCommands", "CLinux"], path: "Sources/reconcile"),
]

let testTargets: [Target] = [
    .target(name: "TestSupport", dependencies: ["Subprocess"], path: "Tests/TestSupport"),
    .executableTarget(name: "SupervisorHelper", dependencies: ["LocalWorkspace"], path: "Tests/SupervisorHelper"),
    tests("Digest"),
    tests("TimeKeeping"),
    tests("Git", ["Subprocess"]),
    tests("YAML"),
    tests("SQLite"),
    tests("HTTPServer"),
    tests("Subprocess"),
    tests("Diagnostics"),
    tests("Telemetry"),
    tests("CommandLine"),
    tests("AssetSchema", ["YAML", "Diagnostics", "Digest"]),
    tests("DesiredState", ["Git", "Diagnostics", "AssetSchema", "YAML", "Digest", "TimeKeeping"]),
    tests("Approvals", ["Git", "Subprocess", "Digest", "TimeKeeping", "Diagnostics", "YAML"]),
    tests("Workspace", ["Digest", "TimeKeeping", "AssetSchema"]),
    tests(
        "Planning",
        [
            "DesiredState", "Approvals", "Workspace", "AssetSchema", "Digest", "Diagnostics", "TimeKeeping", "YAML",
            "Subprocess",
        ],
        exclude: ["Fixtures"]),
    tests("AzureMLWire", ["Workspace", "AssetSchema", "Digest", "TimeKeeping"]),
    tests("AzureMLAPI", ["Workspace", "AssetSchema", "Digest", "HTTPServer", "TimeKeeping"]),
    tests(
        "LocalWorkspace",
        ["SupervisorHelper", "Workspace", "AssetSchema", "Digest", "Subprocess", "TimeKeeping", "SQLite", "HTTPServer"]),
    tests(
        "Controller",
        [
            "Planning", "DesiredState", "Approvals", "AssetSchema", "Diagnostics", "Workspace", "LocalWorkspace", "Git",
            "Digest", "Subprocess", "SQLite", "Telemetry", "TimeKeeping",
        ]),
    tests("Server", ["HTTPServer", "Controller", "Planning", "DesiredState"]),
    tests(
        "ReconcileCommands",
        [
            "reconcile", "Subprocess", "Diagnostics", "CommandLine", "Approvals", "AssetSchema", "Controller",
            "DesiredState", "Digest", "Git", "LocalWorkspace", "Planning", "TimeKeeping", "Workspace", "YAML",
        ]),
]

let package = Package(
    name: "reconcile",
    products: [.executable(name: "reconcile", targets: ["reconcile"])],
    targets: systemLibraries + wrappers + domain + effects + testTargets,
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
