internal import CLibyaml

/// Puts events together into nodes, with a stack of its own instead of recursion.
struct NodeBuilder {
    /// What a finished node weighs, so that aliases can be charged for what they stand for.
    private struct Weight {
        var nodes: Int
        var height: Int
    }

    private struct Anchor {
        let node: Node
        let weight: Weight
        let mark: Mark
    }

    /// A collection that is still open.
    private struct Frame {
        let isMapping: Bool
        let mark: Mark
        let tag: String?
        let anchor: String?
        let nodesBefore: Int
        var height = 0
        var items: [Node] = []
        var entries: [Mapping.Entry] = []
        var key: (scalar: Scalar, mark: Mark)?
        var isMerging = false
        var merged: [Mapping.Entry] = []
        // Built only for large mappings: below that a search through the entries is faster.
        var names: Set<String> = []
    }

    private static let linearSearchLimit = 24

    private let limits: YAMLLimits
    private var stack: [Frame] = []
    private var anchors: [String: Anchor] = [:]
    private var openAnchors: Set<String> = []
    private var nodes = 0
    private var aliases = 0
    /// The document's root, once it is complete.
    private(set) var root: Node?

    /// Whether repeated keys are gathered, and the last of each taken, as PyYAML does silently.
    private let collectsDuplicates: Bool
    /// The keys that were repeated.
    private(set) var duplicates: [YAMLError] = []

    init(limits: YAMLLimits, collectsDuplicates: Bool = false) {
        self.limits = limits
        self.collectsDuplicates = collectsDuplicates
    }

    /// Forgets the document, so that the next one can be built; the node budget goes on.
    mutating func startDocument() {
        root = nil
        stack.removeAll(keepingCapacity: true)
        anchors.removeAll()
        openAnchors.removeAll()
    }

    mutating func scalar(_ event: borrowing yaml_event_t) throws(YAMLError) {
        let source = event.data.scalar
        let text = String(decoding: UnsafeBufferPointer(start: source.value, count: source.length), as: UTF8.self)
        let style: Scalar.Style =
            switch source.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            case YAML_FOLDED_SCALAR_STYLE: .folded
            default: .plain
            }
        let scalar = Scalar(text, style: style, tag: String(yaml: source.tag))
        let mark = Mark(event.start_mark)
        try charge(Weight(nodes: 1, height: 0), at: mark)
        let node = Node(.scalar(scalar), mark: mark, endMark: Mark(event.end_mark))
        if let anchor = String(yaml: source.anchor) {
            try declare(anchor, at: mark)
            anchors[anchor] = Anchor(node: node, weight: Weight(nodes: 1, height: 0), mark: mark)
        }
        try add(node, height: 0)
    }

    mutating func open(_ event: borrowing yaml_event_t, isMapping: Bool) throws(YAMLError) {
        let mark = Mark(event.start_mark)
        let before = nodes
        try charge(Weight(nodes: 1, height: 1), at: mark)
        let tag = isMapping ? event.data.mapping_start.tag : event.data.sequence_start.tag
        let anchor = String(yaml: isMapping ? event.data.mapping_start.anchor : event.data.sequence_start.anchor)
        if let anchor {
            try declare(anchor, at: mark)
            openAnchors.insert(anchor)
        }
        var frame = Frame(isMapping: isMapping, mark: mark, tag: String(yaml: tag), anchor: anchor, nodesBefore: before)
        // Most mappings are this small; growing them step by step costs more than the room.
        if isMapping { frame.entries.reserveCapacity(8) }
        stack.append(frame)
    }

    mutating func close(_ event: borrowing yaml_event_t) throws(YAMLError) {
        guard let frame = stack.popLast() else { return }
        let value: Node.Value =
            frame.isMapping ? .mapping(Mapping(Self.entries(frame))) : .sequence(frame.items)
        let node = Node(value, mark: frame.mark, endMark: Mark(event.end_mark), tag: frame.tag)
        let height = frame.height + 1
        if let anchor = frame.anchor {
            openAnchors.remove(anchor)
            let weight = Weight(nodes: nodes - frame.nodesBefore, height: height)
            anchors[anchor] = Anchor(node: node, weight: weight, mark: frame.mark)
        }
        try add(node, height: height)
    }

    mutating func alias(_ event: borrowing yaml_event_t) throws(YAMLError) {
        let mark = Mark(event.start_mark)
        let name = String(yaml: event.data.alias.anchor) ?? ""
        guard !openAnchors.contains(name) else {
            throw YAMLError(.unknownAlias, "the alias \"*\(name)\" stands inside what it stands for", at: mark)
        }
        guard let anchor = anchors[name] else {
            throw YAMLError(.unknownAlias, "the alias \"*\(name)\" has no anchor before it", at: mark)
        }
        aliases += 1
        guard aliases <= limits.aliases else {
            throw YAMLError(.limit, "more than \(limits.aliases) aliases", at: mark)
        }
        try charge(anchor.weight, at: mark)
        try add(anchor.node, height: anchor.weight.height, usedAt: mark)
    }

    private mutating func declare(_ anchor: String, at mark: Mark) throws(YAMLError) {
        // PyYAML refuses a second anchor of the same name, and so does the Azure ML SDK with it.
        guard let first = anchors[anchor]?.mark ?? stack.first(where: { $0.anchor == anchor })?.mark else { return }
        throw YAMLError(
            .duplicateAnchor, "the anchor \"&\(anchor)\" is already used", at: mark,
            related: .init(message: "first used here", mark: first))
    }

    private mutating func charge(_ weight: Weight, at mark: Mark) throws(YAMLError) {
        nodes += weight.nodes
        guard nodes <= limits.nodes else {
            throw YAMLError(.limit, "more than \(limits.nodes) values, aliases expanded", at: mark)
        }
        guard stack.count + weight.height <= limits.depth else {
            throw YAMLError(.limit, "nested deeper than \(limits.depth) levels", at: mark)
        }
    }

    /// Gives a finished node to the collection that is open, or makes it the root.
    private mutating func add(_ node: Node, height: Int, usedAt place: Mark? = nil) throws(YAMLError) {
        let top = stack.count - 1
        guard top >= 0 else {
            root = node
            return
        }
        stack[top].height = max(stack[top].height, height)
        guard stack[top].isMapping else {
            stack[top].items.append(node)
            return
        }
        if let key = stack[top].key {
            stack[top].key = nil
            if !duplicates.isEmpty, let index = stack[top].entries.firstIndex(where: { $0.name == key.scalar.text }) {
                stack[top].entries[index] = Mapping.Entry(key: key.scalar, keyMark: key.mark, value: node)
                return
            }
            stack[top].entries.append(Mapping.Entry(key: key.scalar, keyMark: key.mark, value: node))
        } else if stack[top].isMerging {
            stack[top].isMerging = false
            try merge(node, at: place ?? node.mark)
        } else {
            try addKey(node, at: place ?? node.mark)
        }
    }

    private mutating func addKey(_ node: Node, at mark: Mark) throws(YAMLError) {
        let top = stack.count - 1
        guard case .scalar(let key) = node.value else {
            throw YAMLError(.invalidKey, "a key must be a scalar, not \(node.kindDescription)", at: mark)
        }
        if key.isMergeKey {
            stack[top].isMerging = true
            return
        }
        if let first = place(of: key.text, in: top) {
            let error = YAMLError(
                .duplicateKey, "the key \"\(key.text)\" is written twice", at: mark,
                related: .init(message: "first written here", mark: first))
            guard collectsDuplicates else { throw error }
            duplicates.append(error)
        }
        stack[top].key = (key, mark)
    }

    private mutating func place(of name: String, in top: Int) -> Mark? {
        let count = stack[top].entries.count
        if count < Self.linearSearchLimit {
            return stack[top].entries.first { $0.key.text == name }?.keyMark
        }
        if stack[top].names.isEmpty {
            stack[top].names = Set(stack[top].entries.map(\.key.text))
        }
        guard !stack[top].names.insert(name).inserted else { return nil }
        return stack[top].entries.first { $0.key.text == name }?.keyMark
    }

    /// Takes in the value of a merge key as PyYAML does: earlier mappings of a list win over later ones.
    private mutating func merge(_ node: Node, at mark: Mark) throws(YAMLError) {
        let top = stack.count - 1
        switch node.value {
        case .mapping(let mapping):
            stack[top].merged += mapping.entries
        case .sequence(let items):
            for item in items.reversed() {
                guard case .mapping(let mapping) = item.value else {
                    throw YAMLError(
                        .invalidMerge, "a merge key (<<) takes a mapping or a list of mappings", at: item.mark)
                }
                stack[top].merged += mapping.entries
            }
        case .scalar:
            throw YAMLError(.invalidMerge, "a merge key (<<) takes a mapping or a list of mappings", at: mark)
        }
    }

    /// A mapping's own entries behind the merged ones; the last of a name wins and stands where the first stood.
    private static func entries(_ frame: Frame) -> [Mapping.Entry] {
        guard !frame.merged.isEmpty else { return frame.entries }
        var result: [Mapping.Entry] = []
        var places: [String: Int] = [:]
        for entry in frame.merged + frame.entries {
            if let index = places[entry.name] {
                result[index] = entry
            } else {
                places[entry.name] = result.count
                result.append(entry)
            }
        }
        return result
    }
}

extension Scalar {
    /// A plain `<<`; quoted, it is a key like any other.
    fileprivate var isMergeKey: Bool {
        (style == .plain && text == "<<" && tag == nil) || tag == "tag:yaml.org,2002:merge"
    }
}

extension String {
    /// A libyaml string, which is UTF-8 and ends with a zero.
    fileprivate init?(yaml pointer: UnsafeMutablePointer<yaml_char_t>?) {
        guard let pointer else { return nil }
        self.init(cString: pointer)
    }
}
