package depsolve

// components numbers the strongly connected components of a graph, without
// recursion. comp[i] is the component of node i; a component has a lower
// number than those that lead to it.
func components(edges [][]int) []int {
	n := len(edges)
	comp, index, low := make([]int, n), make([]int, n), make([]int, n)
	for i := range comp {
		comp[i] = -1
	}
	var stack, path []int
	pos := make([]int, n) // next edge to follow
	counter, comps := 0, 0
	for root := range edges {
		if index[root] != 0 {
			continue
		}
		path = append(path, root)
		for len(path) > 0 {
			v := path[len(path)-1]
			if index[v] == 0 {
				counter++
				index[v], low[v] = counter, counter
				stack = append(stack, v)
			}
			if pos[v] < len(edges[v]) {
				w := edges[v][pos[v]]
				pos[v]++
				if index[w] == 0 {
					path = append(path, w)
				} else if comp[w] < 0 {
					low[v] = min(low[v], index[w])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				u := path[len(path)-1]
				low[u] = min(low[u], low[v])
			}
			if low[v] != index[v] {
				continue
			}
			for {
				w := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				comp[w] = comps
				if w == v {
					break
				}
			}
			comps++
		}
	}
	return comp
}
