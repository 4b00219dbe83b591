using System.Globalization;
using FaceAspire.ModelHub.Weights.Hdf5;

namespace FaceAspire.ModelHub.Weights;

/// <summary>Opens the weights that Keras saves as HDF5 (<c>.h5</c>, <c>.hdf5</c>), those of <c>save_weights</c> as well as those in a file of a whole model.</summary>
/// <remarks>The layers are listed in the attribute <c>layer_names</c> of the root or of its group <c>model_weights</c>, the tensors of each in <c>weight_names</c> of the layer's group
/// (<c>keras/legacy/saving/legacy_h5_format.py</c>). A list too long for one attribute is split into <c>layer_names0</c>, <c>layer_names1</c>, …</remarks>
public static class Hdf5WeightReader
{
    private const int MaxLayers = 10_000;

    /// <summary>Opens a file. A tensor is called after its layer and itself: <c>conv2d_1/kernel:0</c>.</summary>
    /// <exception cref="InvalidDataException">It is no HDF5 file, is damaged, or was not saved by Keras.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static WeightFile Open(string path)
    {
        Hdf5File file = new(path);
        try
        {
            return new(Layers(file), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static List<WeightGroup> Layers(Hdf5File file)
    {
        var holder = file.Root;
        var names = Names(holder, "layer_names");
        if (names is null && file.Root.Child("model_weights") is { } model)
        {
            holder = model;
            names = Names(holder, "layer_names");
        }

        if (names is null)
        {
            throw new InvalidDataException("The HDF5 file was not saved by Keras: it has no list 'layer_names'.");
        }

        List<WeightGroup> layers = [];
        foreach (string name in names)
        {
            var layer = Find(holder, name);
            var tensors = Names(layer, "weight_names") ?? throw new InvalidDataException($"Layer '{name}' has no list 'weight_names'.");
            if (tensors.Count > 0)
            {
                layers.Add(new(name, [.. tensors.Select(tensor => Tensor(file, layer, name, tensor))]));
            }
        }

        return layers;
    }

    private static WeightTensor Tensor(Hdf5File file, Hdf5Object layer, string layerName, string path)
    {
        string name = $"{layerName}/{path[(path.LastIndexOf('/') + 1)..]}";
        Hdf5Dataset dataset = new(file, Find(layer, path), name);
        return new(name, dataset.Shape, dataset.Read);
    }

    private static Hdf5Object Find(Hdf5Object group, string path)
    {
        var found = group;
        foreach (string name in path.Split('/'))
        {
            found = found.Child(name) ?? throw new InvalidDataException($"The HDF5 file has no '{path}', which it lists.");
        }

        return found;
    }

    private static IReadOnlyList<string>? Names(Hdf5Object group, string attribute)
    {
        if (group.Texts(attribute) is { } names)
        {
            return Few(names);
        }

        List<string> all = [];
        for (int part = 0; group.Texts(string.Create(CultureInfo.InvariantCulture, $"{attribute}{part}")) is { } some; part++)
        {
            all.AddRange(some);
            Few(all);
        }

        return all.Count > 0 ? all : null;
    }

    private static IReadOnlyList<string> Few(IReadOnlyList<string> names) => names.Count <= MaxLayers
        ? names
        : throw new InvalidDataException($"The HDF5 file lists {names.Count} names; a network has at most {MaxLayers}.");
}
