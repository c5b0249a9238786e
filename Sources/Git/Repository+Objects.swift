internal import CLibgit2

extension Repository {
    /// Reads a commit.
    package func commit(_ id: ObjectID) throws(GitError) -> Commit {
        try withHandle { (handle) throws(GitError) in try handle.commit(id, limits) }
    }

    /// The signature of a commit and exactly the bytes it was made over; nil for an unsigned commit.
    package func signature(of commit: ObjectID) throws(GitError) -> (signature: String, payload: [UInt8])? {
        try withHandle { (handle) throws(GitError) in
            try handle.requireSize(of: commit, atMost: limits.commitBytes, GIT_OBJECT_COMMIT)
            var signature = git_buf()
            var payload = git_buf()
            defer {
                git_buf_dispose(&signature)
                git_buf_dispose(&payload)
            }
            var id = commit.cValue
            let result = git_commit_extract_signature(&signature, &payload, handle.repository.pointer, &id, nil)
            if result == GIT_ENOTFOUND.rawValue { return nil }
            try Libgit2.check(
                result, "git_commit_extract_signature", "cannot read the signature of commit \(commit.short)")
            return (
                String(decoding: UnsafeRawBufferPointer(start: signature.ptr, count: signature.size), as: UTF8.self),
                [UInt8](UnsafeRawBufferPointer(start: payload.ptr, count: payload.size))
            )
        }
    }

    /// The bytes of a blob.
    ///
    /// - Throws: `tooLarge` before anything is read when it has more bytes than the limit.
    package func blob(_ id: ObjectID, limit: Int = 64 << 20) throws(GitError) -> [UInt8] {
        try withBlob(id, limit: limit) { [UInt8]($0) }
    }

    /// Lends the bytes of a blob without copying them.
    package func withBlob<Value>(
        _ id: ObjectID, limit: Int = 64 << 20, _ body: (UnsafeRawBufferPointer) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        // The object outlives the lock, so that the caller may ask the repository again.
        var lent: LentObject?
        try withHandle { (handle) throws(GitError) in
            try handle.requireSize(of: id, atMost: limit, GIT_OBJECT_BLOB)
            lent = LentObject(try handle.object(id, GIT_OBJECT_BLOB))
        }
        guard let lent else { preconditionFailure("set by the closure that has just returned") }
        return try body(lent.bytes)
    }

    /// The size of a blob in bytes, without reading it.
    package func blobSize(_ id: ObjectID) throws(GitError) -> Int {
        try withHandle { (handle) throws(GitError) in
            let header = try handle.header(id)
            guard header.type == GIT_OBJECT_BLOB else { throw .wrongType(id, "blob") }
            return header.size
        }
    }

    /// True when the repository has that object.
    package func contains(_ id: ObjectID) throws(GitError) -> Bool {
        try withHandle { (handle) throws(GitError) in
            var id = id.cValue
            return git_odb_exists(handle.database.pointer, &id) == 1
        }
    }
}

/// Keeps an object of the database alive while its bytes are lent.
private final class LentObject {
    private let object: CObject

    init(_ object: consuming CObject) { self.object = object }

    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer))
    }
}

extension GitError {
    static func wrongType(_ id: ObjectID, _ wanted: String) -> GitError {
        GitError(code: .malformed, message: "object \(id.short) is not a \(wanted)", pointOfFailure: "git_odb_read")
    }
}

extension Repository.Handle {
    func header(_ id: ObjectID) throws(GitError) -> (size: Int, type: git_object_t) {
        var size = 0
        var type = GIT_OBJECT_INVALID
        var oid = id.cValue
        try Libgit2.check(
            git_odb_read_header(&size, &type, database.pointer, &oid), "git_odb_read_header",
            "cannot read object \(id.short)")
        return (size, type)
    }

    func requireSize(of id: ObjectID, atMost limit: Int, _ type: git_object_t) throws(GitError) {
        let header = try header(id)
        guard header.type == type else { throw .wrongType(id, String(cString: git_object_type2string(type))) }
        guard header.size <= limit else {
            throw GitError(
                code: .tooLarge, message: "object \(id.short) has \(header.size) bytes, more than the \(limit) allowed",
                pointOfFailure: "git_odb_read_header")
        }
    }

    func object(_ id: ObjectID, _ type: git_object_t) throws(GitError) -> CObject {
        let object = try CObject("git_odb_read", "cannot read object \(id.short)", release: git_odb_object_free) {
            var oid = id.cValue
            return git_odb_read(&$0, database.pointer, &oid)
        }
        guard git_odb_object_type(object.pointer) == type else {
            throw .wrongType(id, String(cString: git_object_type2string(type)))
        }
        return object
    }

    func commit(_ id: ObjectID, _ limits: GitLimits) throws(GitError) -> Commit {
        try requireSize(of: id, atMost: limits.commitBytes, GIT_OBJECT_COMMIT)
        let commit = try CObject("git_commit_lookup", "cannot read commit \(id.short)", release: git_commit_free) {
            var oid = id.cValue
            return git_commit_lookup(&$0, repository.pointer, &oid)
        }
        guard let tree = git_commit_tree_id(commit.pointer), let author = person(git_commit_author(commit.pointer)),
            let committer = person(git_commit_committer(commit.pointer))
        else { throw .wrongType(id, "commit") }
        let parents = (0..<git_commit_parentcount(commit.pointer)).compactMap { index in
            git_commit_parent_id(commit.pointer, index).map { ObjectID($0.pointee) }
        }
        return Commit(
            id: id, tree: ObjectID(tree.pointee), parents: parents, author: author, committer: committer,
            message: git_commit_message(commit.pointer).map { String(cString: $0) } ?? "")
    }

    private func person(_ signature: UnsafePointer<git_signature>?) -> Commit.Person? {
        guard let signature = signature?.pointee, let name = signature.name, let email = signature.email else {
            return nil
        }
        return Commit.Person(name: String(cString: name), email: String(cString: email), time: signature.when.time)
    }
}
