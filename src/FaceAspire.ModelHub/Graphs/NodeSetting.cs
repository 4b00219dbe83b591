namespace FaceAspire.ModelHub.Graphs;

/// <summary>A setting of a node.</summary>
public readonly struct NodeSetting
{
    private readonly string _name;
    private readonly object _value;

    /// <summary>A whole number.</summary>
    public NodeSetting(string name, long value) => (_name, _value) = (name, value);

    /// <summary>A number.</summary>
    public NodeSetting(string name, float value) => (_name, _value) = (name, value);

    /// <summary>A text.</summary>
    public NodeSetting(string name, string value) => (_name, _value) = (name, value);

    /// <summary>Whole numbers.</summary>
    public NodeSetting(string name, IReadOnlyList<long> values) => (_name, _value) = (name, values);

    /// <summary>The message <c>AttributeProto</c>.</summary>
    internal OnnxMessage ToMessage()
    {
        var message = new OnnxMessage().Add(1, _name);
        return _value switch
        {
            long value => message.Add(3, value).Add(20, 2),
            float value => message.Add(2, value).Add(20, 1),
            string value => message.Add(4, value).Add(20, 3),
            IReadOnlyList<long> values => message.Add(8, values).Add(20, 7),
            _ => throw new InvalidOperationException("An attribute has one of four types."),
        };
    }
}
