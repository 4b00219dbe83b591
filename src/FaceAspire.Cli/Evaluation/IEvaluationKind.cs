using System.CommandLine;

namespace FaceAspire.Cli.Evaluation;

/// <summary>One kind of labelled file that <c>evaluate</c> takes, with the options that mean something for it.</summary>
internal interface IEvaluationKind
{
    /// <summary>The option that names the file; the one given says which kind is wanted.</summary>
    Option<FileInfo?> File { get; }

    /// <summary>Every other option of this kind.</summary>
    IReadOnlyList<Option> Options { get; }

    /// <summary>Measures and prints.</summary>
    /// <param name="file">The labelled file.</param>
    /// <param name="arguments">Where the options' values are.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CommandException">It cannot be done, for a reason that the caller can change.</exception>
    void Run(FileInfo file, ParseResult arguments, TextWriter output, CancellationToken cancellationToken);
}
