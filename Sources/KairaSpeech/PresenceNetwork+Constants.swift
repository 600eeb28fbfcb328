extension PresenceNetwork {
    static let sizes = [37, 2]
    static let constants = ""
}
