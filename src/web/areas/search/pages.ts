/** What one search came to. */
export interface SearchPage {
  readonly asked: string;
  /** Where all nodes are, when there may be more than are shown. */
  readonly allNodes: string | null;
  readonly hits: readonly {
    readonly href: string;
    readonly icon: string;
    readonly kind: string;
    readonly name: string;
    readonly detail: string;
  }[];
}
