/** What one search came to. */
export interface SearchPage {
  readonly asked: string;
  readonly hits: readonly {
    readonly href: string;
    readonly icon: string;
    readonly kind: string;
    readonly name: string;
    readonly detail: string;
  }[];
}
