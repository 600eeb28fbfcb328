extension GLTFSceneBuilder {
    mutating func readAvatar() throws(FormatsError) {}
}
