using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.Vision.Inference;

/// <summary>The outputs of one run, readable in place until the run's callback returns.</summary>
public readonly struct InferenceOutputs
{
    private readonly IReadOnlyList<string> _names;
    private readonly IReadOnlyList<OrtValue> _values;

    internal InferenceOutputs(IReadOnlyList<string> names, IReadOnlyList<OrtValue> values) => (_names, _values) = (names, values);

    /// <summary>Number of outputs.</summary>
    public int Count => _values.Count;

    /// <summary>The numbers of the output at <paramref name="index"/>, in the model's own order of outputs.</summary>
    public ReadOnlySpan<float> this[int index] => _values[index].GetTensorDataAsSpan<float>();

    /// <summary>The numbers of the output called <paramref name="name"/>.</summary>
    /// <exception cref="InvalidOperationException">The model has no such output.</exception>
    public ReadOnlySpan<float> this[string name]
    {
        get
        {
            for (int i = 0; i < _names.Count; i++)
            {
                if (_names[i] == name)
                {
                    return this[i];
                }
            }

            throw new InvalidOperationException($"The model has no output '{name}', only {string.Join(", ", _names)}.");
        }
    }
}
