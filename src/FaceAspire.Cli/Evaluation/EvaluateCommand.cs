using System.CommandLine;
using FaceAspire.Cli.Evaluation.Attributes;
using FaceAspire.Cli.Evaluation.Detection;
using FaceAspire.Cli.Evaluation.Pairs;

namespace FaceAspire.Cli.Evaluation;

/// <summary><c>evaluate</c>: how good a model is on labelled pictures of one's own, through the product's own pipeline.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var shared = new SharedOptions();
        IEvaluationKind[] kinds = [new PairKind(shared), new AttributeKind(shared), new DetectionKind(shared)];
        var command = new Command("evaluate", "Measures a model on labelled pictures; exactly one of --pairs, --attributes and --detection names them.");
        foreach (var option in kinds.Select(static kind => kind.File).Concat(kinds.SelectMany(static kind => kind.Options).Distinct()))
        {
            command.Add(option);
        }

        command.SetGuardedAction((arguments, cancellationToken) =>
        {
            var (kind, file) = Choose(kinds, arguments);
            kind.Run(file, arguments, arguments.InvocationConfiguration.Output, cancellationToken);
            return Task.FromResult(0);
        });
        return command;
    }

    /// <summary>The kind whose file is given. An option that would do nothing for it is refused, not overlooked.</summary>
    private static (IEvaluationKind Kind, FileInfo File) Choose(IReadOnlyList<IEvaluationKind> kinds, ParseResult arguments)
    {
        var given = kinds.Where(kind => arguments.GetResult(kind.File) is not null).ToList();
        if (given.Count != 1 || arguments.GetValue(given[0].File) is not { } file)
        {
            throw new CommandException($"Exactly one of {string.Join(", ", kinds.Select(static kind => kind.File.Name))} must be given.");
        }

        var idle = kinds.SelectMany(static kind => kind.Options).Except(given[0].Options).FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false });
        return idle is null ? (given[0], file) : throw new CommandException($"{idle.Name}: does not go with {given[0].File.Name}");
    }
}
