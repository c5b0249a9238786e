/// Where the action of an id stands, found out when it is first asked for: most actions are never asked for.
final class ActionPositions {
    private var known: [String: Int] = [:]
    private var count = 0

    func position(of id: String, in actions: [PlanAction]) -> Int? {
        while count < actions.count {
            known[actions[count].id] = count
            count += 1
        }
        return known[id]
    }

    /// Takes back what is known of the actions from a position on.
    func forget(_ actions: [PlanAction], from position: Int) {
        for action in actions[position...] { known[action.id] = nil }
        count = min(count, position)
    }
}
