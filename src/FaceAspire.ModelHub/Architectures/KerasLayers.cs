using System.Globalization;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Architectures;

/// <summary>The layers of a Keras file as a network asks for them. A layer that its authors named is found by its name when the file has it, any other by its place in the stored order:
/// Keras itself goes by the order alone, and names that it makes up differ from session to session.</summary>
internal sealed class KerasLayers
{
    private readonly string _network;
    private readonly WeightFile _file;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly bool[] _used;

    /// <summary>A network whose layers have no names of their own.</summary>
    /// <exception cref="InvalidDataException">The file has another number of layers with weights.</exception>
    public KerasLayers(WeightFile file, string network, int count)
        : this(file, network, [.. Enumerable.Range(0, count).Select(static place => string.Create(CultureInfo.InvariantCulture, $"({place})"))])
    {
    }

    /// <summary>A network whose layers are asked for by name.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="network">Name for messages.</param>
    /// <param name="order">The layers in stored order; one in parentheses has no name of its own and goes by its place.</param>
    /// <exception cref="InvalidDataException">The file has another number of layers with weights.</exception>
    public KerasLayers(WeightFile file, string network, IReadOnlyList<string> order)
    {
        (_file, _network, _used) = (file, network, new bool[order.Count]);
        if (file.Groups.Count != order.Count)
        {
            throw new InvalidDataException($"The file has {file.Groups.Count} layers with weights, {network} has {order.Count}.");
        }

        Dictionary<string, int> stored = new(StringComparer.Ordinal);
        for (int place = 0; place < order.Count; place++)
        {
            stored.TryAdd(file.Groups[place].Name, place);
        }

        for (int place = 0; place < order.Count; place++)
        {
            _places.Add(order[place], !order[place].StartsWith('(') && stored.TryGetValue(order[place], out int named) ? named : place);
        }
    }

    /// <summary>The layer at a place of the stored order.</summary>
    public KerasLayer this[int place]
    {
        get
        {
            _used[place] = true;
            return new(place, _file.Groups[place]);
        }
    }

    /// <summary>A layer by the name that the order gives it.</summary>
    public KerasLayer this[string name] => this[_places[name]];

    /// <summary>Ends the building of a network: every layer of the file has been used.</summary>
    /// <param name="unused">Layers that the file has and the network does not need.</param>
    /// <exception cref="InvalidDataException">One has not.</exception>
    public void RequireAllUsed(params ReadOnlySpan<string> unused)
    {
        foreach (string name in unused)
        {
            _used[_places[name]] = true;
        }

        int left = Array.IndexOf(_used, false);
        if (left >= 0)
        {
            throw new InvalidDataException($"Layer {left} '{_file.Groups[left].Name}' has no place in {_network}.");
        }
    }
}
