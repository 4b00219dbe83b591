namespace FaceAspire.ModelHub.Weights;

/// <summary>The tensors of one layer, in stored order.</summary>
/// <param name="Name">Name of the layer, or what the container calls its kind, such as dlib's <c>con_4</c>.</param>
/// <param name="Tensors">At least one.</param>
/// <param name="Settings">What else the container says about the layer, in its own order, such as strides; null where it says nothing.</param>
public sealed record WeightGroup(string Name, IReadOnlyList<WeightTensor> Tensors, IReadOnlyList<double>? Settings = null)
{
    /// <summary>The layers of tensors that come in any order, in the order of their first ones.</summary>
    /// <param name="tensors">All tensors of a file.</param>
    /// <param name="layerOf">The layer's name out of the tensor's.</param>
    internal static IReadOnlyList<WeightGroup> ByLayer(IEnumerable<WeightTensor> tensors, Func<string, string> layerOf) =>
        [.. tensors.GroupBy(tensor => layerOf(tensor.Name), StringComparer.Ordinal).Select(static layer => new WeightGroup(layer.Key, [.. layer]))];
}
