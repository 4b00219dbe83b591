using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Attributes;

/// <summary>The models that answer the actions, and their sessions.</summary>
internal sealed class AttributeModels(AttributeAnswerers answerers, ModelStore store, InferenceSessions sessions)
{
    /// <summary>The models that the actions need, each once, with the outputs that answer them.</summary>
    public IReadOnlyList<(ModelEntry Model, IReadOnlyList<AttributeOutput> Outputs)> For(IEnumerable<AttributeAction> actions) =>
    [
        .. actions
            .GroupBy(action => answerers[action])
            .Select(static group => (group.Key, (IReadOnlyList<AttributeOutput>)[.. group.Key.Outputs.Where(output => group.Contains(output.Action))])),
    ];

    /// <summary>The session of a model.</summary>
    public InferenceSessionPool SessionOf(ModelEntry model) => sessions.Get(store, model);

    /// <summary>Makes the sessions of all actions, so that the first request does not wait for them.</summary>
    public void Load()
    {
        foreach (var model in answerers.Models)
        {
            SessionOf(model).Load();
        }
    }
}
