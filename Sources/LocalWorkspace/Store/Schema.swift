/// The tables of an embedded workspace, one script a version; old scripts never change.
enum Schema {
    static let migrations = [version1, version2, version3, version4]

    private static let version1 = """
        CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

        -- git's name of a content that was fetched before, and ours.
        CREATE TABLE blobs (
            blob TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE assets (
            kind TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
            sequence INTEGER NOT NULL,          -- the order of creation, which decides what is latest
            digest TEXT,                        -- the reconcile.digest it was made with
            fields TEXT NOT NULL, tags TEXT NOT NULL, content TEXT NOT NULL,
            job TEXT, created_at INTEGER NOT NULL, archived INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (kind, name, version)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX assets_by_digest ON assets (kind, name, digest);

        CREATE TABLE jobs (
            name TEXT PRIMARY KEY, kind TEXT NOT NULL, status TEXT NOT NULL, experiment TEXT NOT NULL,
            fields TEXT NOT NULL, tags TEXT NOT NULL, content TEXT NOT NULL, environment TEXT NOT NULL,
            created_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER, error TEXT,
            supervisor TEXT,                    -- the identity of the process that has claimed the row
            process TEXT,                       -- the identity of the job's own process
            has_slot INTEGER NOT NULL DEFAULT 0,
            results TEXT NOT NULL DEFAULT '{}'  -- trees by name: artifacts, outputs.<name>
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX jobs_unfinished ON jobs (status)
            WHERE status NOT IN ('Completed', 'Failed', 'Canceled', 'NotResponding');

        CREATE TABLE runs (
            run TEXT PRIMARY KEY, job TEXT NOT NULL, experiment TEXT NOT NULL, name TEXT NOT NULL,
            status TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, lifecycle TEXT NOT NULL DEFAULT 'active'
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX runs_by_job ON runs (job);
        CREATE TABLE metrics (
            id INTEGER PRIMARY KEY, run TEXT NOT NULL, name TEXT NOT NULL, value REAL, special TEXT,
            step INTEGER NOT NULL, time INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX metrics_once ON metrics (run, name, step, time, ifnull(value, special));
        CREATE TABLE params (
            run TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE run_tags (
            run TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE logged_models (
            id TEXT PRIMARY KEY, job TEXT NOT NULL, run TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
            status TEXT NOT NULL, params TEXT NOT NULL, tags TEXT NOT NULL,
            created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE online_endpoints (
            name TEXT PRIMARY KEY, fields TEXT NOT NULL, tags TEXT NOT NULL, traffic TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE batch_endpoints (
            name TEXT PRIMARY KEY, fields TEXT NOT NULL, tags TEXT NOT NULL, default_deployment TEXT,
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE deployments (
            kind TEXT NOT NULL, endpoint TEXT NOT NULL, name TEXT NOT NULL,
            fields TEXT NOT NULL, tags TEXT NOT NULL, content TEXT NOT NULL, environment TEXT NOT NULL,
            created_at INTEGER NOT NULL, PRIMARY KEY (kind, endpoint, name)
        ) STRICT, WITHOUT ROWID;
        """

    /// Jobs of jobs, and what a step is known by when it is asked for again.
    private static let version2 = """
        ALTER TABLE jobs ADD COLUMN parent TEXT;
        ALTER TABLE jobs ADD COLUMN step TEXT;              -- what the parent calls it: a step's name, a trial's number
        ALTER TABLE jobs ADD COLUMN is_parent INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN reuse_key TEXT;
        CREATE INDEX jobs_by_parent ON jobs (parent) WHERE parent IS NOT NULL;
        CREATE INDEX jobs_by_reuse_key ON jobs (reuse_key) WHERE reuse_key IS NOT NULL;
        """

    // Which number is the next is asked for every version made.
    private static let version3 = "CREATE INDEX assets_by_sequence ON assets (sequence);"

    /// What is named without versions.
    private static let version4 = """
        CREATE TABLE resources (
            kind TEXT NOT NULL, name TEXT NOT NULL, fields TEXT NOT NULL, tags TEXT NOT NULL, content TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            anchor INTEGER NOT NULL,            -- since when a schedule's trigger has been as it is
            looked_at INTEGER,                  -- up to when it was looked whether a schedule is due
            PRIMARY KEY (kind, name)
        ) STRICT, WITHOUT ROWID;
        """
}
