using FaceAspire.ModelHub.Graphs;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Conversion;

/// <summary>A network that can be built from its authors' file.</summary>
/// <param name="Name">Name in the catalogue.</param>
/// <param name="Open">Opens the container in which the weights are published; throws <see cref="InvalidDataException"/> for another.</param>
/// <param name="Build">Puts the graph together; throws <see cref="InvalidDataException"/> when the weights are not this network's.</param>
internal sealed record Architecture(string Name, Func<string, WeightFile> Open, Action<WeightFile, GraphBuilder> Build);
