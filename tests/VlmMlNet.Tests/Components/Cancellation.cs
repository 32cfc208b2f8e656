using System.Reflection;
using Microsoft.ML;

namespace VlmMlNet.Tests.Components;

/// <summary>ML.NET's own components cancel a context by this method, which ML.NET keeps internal.</summary>
internal static class Cancellation
{
    public static void CancelExecution(this MLContext context) =>
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(context, null);
}
