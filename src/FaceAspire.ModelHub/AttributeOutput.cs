using FaceAspire.Contracts.Names;

namespace FaceAspire.ModelHub;

/// <summary>One answer of an attribute model.</summary>
/// <param name="Action">What it tells.</param>
/// <param name="Tensor">Name of the network's output, N×1 for an age in years, else N×classes of probabilities.</param>
/// <param name="Classes">Names of the classes in the network's own order, spelled as in <see cref="DeepFaceClasses"/>; for an age the years 0, 1, 2…, or none for a number of years.</param>
public sealed record AttributeOutput(AttributeAction Action, string Tensor, IReadOnlyList<string> Classes);
