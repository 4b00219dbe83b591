using System.CommandLine;
using FaceAspire.Cli.Evaluation;

return await new RootCommand("FaceAspire on the command line.") { EvaluateCommand.Create() }.Parse(args).InvokeAsync();
