// What most programs want is reached by `import Kaira` alone.
@_exported import KairaFormats
@_exported import KairaGeometry
@_exported import KairaImage
@_exported import KairaLearning
@_exported import KairaMedia
@_exported import KairaMotion
@_exported import KairaPhysics
@_exported import KairaPlot
@_exported import KairaPose
@_exported import KairaRender
@_exported import KairaRetarget
@_exported import KairaScene
@_exported import KairaTensor
