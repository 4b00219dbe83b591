using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Attributes;

/// <summary>The models that answer the actions, and their sessions.</summary>
internal sealed class AttributeModels(ModelCatalog catalog, ModelStore store, InferenceSessions sessions)
{
    private readonly Dictionary<AttributeAction, ModelEntry> _byAction = Enum.GetValues<AttributeAction>().ToDictionary(
        static action => action,
        catalog.AnswererOf);

    /// <summary>The models that the actions need, each once, with the outputs that answer them.</summary>
    public IReadOnlyList<(ModelEntry Model, IReadOnlyList<AttributeOutput> Outputs)> For(IEnumerable<AttributeAction> actions) =>
    [
        .. actions
            .GroupBy(action => _byAction[action])
            .Select(static group => (group.Key, (IReadOnlyList<AttributeOutput>)[.. group.Key.Outputs.Where(output => group.Contains(output.Action))])),
    ];

    /// <summary>The session of a model.</summary>
    public InferenceSessionPool SessionOf(ModelEntry model) => sessions.Get(store, model);

    /// <summary>Makes the sessions of all actions, so that the first request does not wait for them.</summary>
    public void Load()
    {
        foreach (var model in _byAction.Values.Distinct())
        {
            SessionOf(model).Load();
        }
    }
}
